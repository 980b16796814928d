"""The scheme's tables, known from paper, filled in beforehand: .xlsx, read when they come back, and .docx to sign.

routes        the addresses: download, upload and look, file what is in order
filed_rows    what was looked at becomes submissions
filled_table  what a table says: rows that can be filed, problems at their cells, rows that were left empty
table_rows    the rows of a sheet by its headings, and where each cell is
paper_table   a table as it lies on paper: its annex, its columns; written as an .xlsx
word_document  the same as a .docx, by the templates in word/
plan_table    the goals of every period (附件4, 附件5)
report_table  what was reached in a period (附件5, 附件6)
"""

"""A list of people as a file: read, compared with the directory, written.

headings   which column a heading names, in any order, in Chinese and English
sheets     the rows of a sheet as persons, units and leaders; what is wrong with them, cell by cell
list_file  a file of any kind that can be imported: .xlsx, contacts and programmes in .yaml
comparison one row beside the directory: whom it means, what it would change
preview    what an import would change: new, changed, unchanged, wrong
export     the directory's people as a list that can be imported again, and the empty form
"""

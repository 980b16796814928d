"""Evidence: files that submissions cite, by SHA-256; kept, checked, opened, shown as pictures, and cleared away.

store        what was uploaded, by whom; what a submission may cite
objects      where the bytes lie: a folder, or a bucket of S3
media_types  what a file is, by its content
disk_space   uploads reserve the space that they will take
virus_scan   asks clamd about a file
citations    which items cite a file under which name, from `submissions`
rights       who may open a file
opening      whoever may open a file gets it under its name, never shown in the page
previews     pages of a file as pictures, drawn by a limited process
draw_page    that process
unreferenced  what no submission cites goes after a day
"""

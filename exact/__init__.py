"""Texts from outside, read so that no two readers could differ, and what is wrong with them in both languages.

texts       JSON and YAML: decimals stay decimals, duplicate keys, aliases and unknown fields are refused
json_places where in a JSON text a number or key stands that is refused
characters  which characters no text may hold
workbook    an .xlsx file as sheets of cells with their places, and back; macros and links to other files are refused
faults      one thing that is wrong: where, which rule, and a sentence in Chinese and in English
"""

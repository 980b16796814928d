"""Texts from outside, read so that no two readers could differ, and what is wrong with them in both languages.

texts       JSON and YAML: decimals stay decimals, duplicate keys, aliases and unknown fields are refused
characters  which characters no text may hold
faults      one thing that is wrong: where, which rule, and a sentence in Chinese and in English
"""

"""The documents of notices.

notice_sentences  what a notice says, sentence by sentence
render            its HTML and its plain text
notice.html       the templates
notice.txt
"""

"""The documents of notices.

notice_sentences  what a notice says, sentence by sentence
informing         the sentences of those that order nothing
phrases           causes, people and days in words
render            its HTML and its plain text
notice.html       the templates
notice.txt
"""

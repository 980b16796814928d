"""The documents of notices.

wording      what a notice says, sentence by sentence
render       its HTML and its plain text
notice.html  the templates
notice.txt
"""

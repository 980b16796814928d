"""Which notices are due, to whom, under which number, in which words.

gatherer         follows `rulings` and keeps facts and notices due
facts            what notices need to know about programmes and items
notice           which event gives rise to a notice
recipients       who gets it
number           the numbers of notices, such as 源督整〔2024〕1号
documents/       what a notice says, in HTML and in plain text
directory        where a role can be reached
"""

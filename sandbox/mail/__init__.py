"""The sandbox's mail server: takes every mail by SMTP, delivers none, and shows them in the browser.

smtp_server   takes mails; can be as bad as a real relay
mail_store    keeps them in an SQLite file
pages         shows them, and answers tests as JSON
"""

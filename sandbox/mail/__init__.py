"""The sandbox's mail server: takes every mail by SMTP, delivers none, and shows them in the browser."""

"""Servers that come along, and their supervisor: what one server of a district runs, and a developer's machine.

stack            everything of one server: Kafka, PostgreSQL and the parts, started in order, watched, ended
parts            what a part is (a process that is told where the others are), and the services' parts
supervisor       starts a child again that ended, gives up when the state folder is gone
state            the state folder and its lock
kafka, postgres  the two servers
secret_files     secrets of one installation, made at its first start
service_process  `python -m <module>` with /readyz
child_process    starts processes that end with this one, also when it is killed
versions         of the servers, here, in compose and on Kubernetes
jars, jars.lock  Kafka's jars, pinned and verified
machine_error    what can go wrong on somebody's machine, and what to do about it
bootstrap        `make setup`: run by path with a bare Python, imports the standard library only
"""

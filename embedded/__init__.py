"""Servers that come along, and their supervisor: what one server of a district runs, and a developer's machine.

stack            everything of one server: Kafka, PostgreSQL and the parts, started in order, watched, ended
parts            what a part is (a process that is told where the others are), and the services' parts
supervisor       starts a child again that ended, gives up when the state folder is gone
state            the state folder and its lock
kafka, postgres  the two servers
keycloak         the sign-in server, fetched when asked for; keycloak_part: as a part of the stack
realm            its realm as code; realm_clients: its clients
realm_setup      brings a server to that realm, by keycloak_admin, its Admin REST API
program_access   clients of units' systems at the sign-in server
themes           how its pages look
front            Caddy: people's one address
installation     the stack that is used for real: services, sign-in server, front
settings_file    liangdeng.toml; ports: the table of its defaults; secret_files: secrets, made at the first start
service_process  `python -m <module>` with /readyz
child_process    starts processes that end with this one, also when it is killed
versions         of the servers, here, in compose and on Kubernetes
jars, jars.lock  Kafka's jars, pinned and verified
machine_error    what can go wrong on somebody's machine, and what to do about it
bootstrap        `make setup`: run by path with a bare Python, imports the standard library only
"""

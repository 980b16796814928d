"""The command `liangdeng`: may import everything, imported by nothing, each command only when it is asked for.

main                  the commands and their options
up, demo              run the stack; the demo lives through the simulated year and proves it
topics                provisions and checks the topics
audit, evaluation     prove the log, derive the evaluation's sheets
policy                what another policy would have changed
people                the directory of people; people_commands: what can be asked; people_grants: the operator's acts
program_access        access for a unit's system; realm: a sign-in server of one's own
rebuild               a new read model from the log
api_documents         writes docs/api: the OpenAPI documents
scenarios             runs a book of scenarios
programme             composes a calendar: calendar_composition
clean                 removes the state folder
servers               finds the servers that a command works on, or starts them
output, progress      how a command answers
"""

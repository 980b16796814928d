"""The rules of the rulebook (docs/rulebook.md): pure functions of a state, a submission and an instant.

several       the same of several submissions, a step for all of them at a time
envelope      one record of submissions in, one encoded ruling out; what is refused before the rules are asked
on_record     a ruling as it is read from the log: of each event what a state is derived from
decide        which act a submission is, who may do it, what stands against it, what follows
deadlines/    what falls due next, and the ruling when it has passed
acts/         what people submit: a module a topic, and the table of all acts
lights/       which colour a period has, and the status of months
escalations/  raised, joined, withdrawn, closed
verdict       accepted, repeated, refused, unreadable
rights        who may do what, and the order of the reasons
concerned     whose matter a light or a notice is
received_at   when a submission counts as received
draft         the events of a ruling in the making, and the state that they lead to
state/        what is remembered of a subject, and how an event changes it
explain       why a light or an escalation stands as it does, in a sentence
version       the version that every ruling names

A module imports those below it: several, envelope, decide, deadlines, acts, lights, escalations, verdict, draft, state.
"""

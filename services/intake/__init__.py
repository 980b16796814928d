"""Intake: what units, the office and leaders submit is checked, and lies on the log before a receipt is given.

api/          the JSON API: publish, submit, upload evidence
pages/        pages for people: my items, an item, a form per type of submission, the receipt
evidence/     files that submissions cite: kept, checked, opened
submitting/   from a request's body to the record on the log, and the receipt
prepared/     what waits for the signature of a unit's head, and forms that are being typed
programme_drafts/  drafts of programmes, before anything of them is on the log
who/          who may submit what: the items as rulings left them, and the rights
description/  what the API looks like: the OpenAPI document
app           the application: its parts, its doors, what it says when something does not work
parts         makes the parts from the settings, and joins them
dependencies  the parts that a request needs
problem       every error that intake answers with
receipts      receipts of before
ops           liveness, readiness and metrics, at the operator's own door
topics_check  whether the broker's topics are what the contract says
metrics       what Prometheus scrapes
settings      INTAKE_... from the environment

From a POST to the append: api/routes takes the request, web/visitor says who asks, submitting/body reads it,
submitting/receiver checks it (who/rights, evidence/store) and stamps it, submitting/producer appends it.
"""

"""From a request's body to the record on the log.

body       a request's headers and body: the key, the content type, the bytes up to a limit, JSON read exactly
receiver   one submission: checked, stamped, appended
daily_quotas  what a unit may send in one day
programme_reader  programme files, read beside the event loop (programme_check: the process for large ones)
workbook_reader  ledgers and tables as .xlsx, read beside the event loop (workbook_check: that process)
publisher  a whole programme or a policy: one submission per item
producer   appends to Kafka and waits for the offset
came_back  what came back to a unit, with the reason: read from the log
receipt    where a submission lies, and where its ruling can be read
"""

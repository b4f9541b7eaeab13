"""What `chatadmin check` looks at, one topic a file; `app/commands/check.py` has the list of them.

A topic is a function that returns Findings, each a verdict, what was looked at, and one sentence: how it is and, where
it is not well, what to do. It is `look(settings)` where the settings and this machine are enough, `async look(settings,
store)` where the store is asked, and writes nothing that stays. `fail` is for what keeps a server from starting or from
working as it is set, and makes the exit status 1; what ought to be better, or may be a busy moment, is a `warn`.
"""

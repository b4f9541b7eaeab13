"""A trial of the mail settings: each step of sending one mail, and what the domain says. Runs in a process of its own,
since no worker loads what it takes."""

"""Mail that goes out: how a letter looks, what it is made of, and how a mail server is given it."""

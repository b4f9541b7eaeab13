/** The set-up page in English. */
export default {
  "setup.title": "Welcome to chatadmin",
  "setup.lead": "Create your own account: you are the administrator of this shop and can answer its customers at once.",
  "setup.name": "Your name, as customers see it",
  "setup.password": "Password",
  "setup.again": "The same password again",
  "setup.submit": "Create and open the console",
  "setup.busy": "One moment…",
  "setup.no_secret": "This page needs the link that chatadmin printed when it started. Open that link again.",
  "setup.missing": "Please enter a name of 2 to 20 characters.",
  "setup.short": "Please choose a password of at least 10 characters.",
  "setup.differs": "The two passwords differ. Please type the second one again.",
  "setup.unreachable": "The server cannot be reached. Is chatadmin still running?",
  "strength.0": "At least 10 characters. A sentence is easy to remember and hard to guess.",
  "strength.1": "Long enough. A few more words would make it much stronger.",
  "strength.2": "Good password.",
  "strength.3": "Strong password.",
};

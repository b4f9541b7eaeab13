"""What the errors of a connection mean to whoever set it up."""

import ssl

import aiosmtplib

from app.trial.finding import Failed

# OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH.
_OTHER_NAME = (62, 64)
# How servers say that they want another kind of password: Google, and Microsoft where log-ins by password are off.
_APP_PASSWORD = ("5.7.9 ", "application-specific")
_PASSWORDS_OFF = ("5.7.139", "5.7.30", "5.7.57", "basic authentication")


def untrusted(error: Exception) -> Failed | None:
    """What was wrong with the encryption, if that was it."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Failed("encrypt", "name" if cause.verify_code in _OTHER_NAME else "certificate", cause.verify_message)
    return Failed("encrypt", "broken", getattr(cause, "reason", None) or cause) if cause is not None else None


def not_let_in(error: aiosmtplib.SMTPResponseException) -> str:
    """Why a log-in failed: an outcome of that step."""
    said = f"{error.message} ".lower()
    if any(sign in said for sign in _APP_PASSWORD):
        return "app_password"
    if any(sign in said for sign in _PASSWORDS_OFF):
        return "passwords_off"
    return "later" if error.code < 500 else "refused"

"""Who may call the API: `Authorization: ApiKey-v1 <key>`, as the documentation asks for."""

from hmac import compare_digest

DEFAULT_KEY = "demo-talon-desk"
_SCHEME = "ApiKey-v1"


def refusal(authorization: str | None, api_key: str) -> str | None:
    """Return None when the header carries this sandbox's key, else what is wrong with it, for a 401.

    The API's own texts of a 401 are undocumented (facts.md, Transport): these are the sandbox's.
    """
    if not authorization:
        return f"Authorization header missing: send 'Authorization: {_SCHEME} <key>'"
    scheme, _, key = authorization.partition(" ")
    if scheme != _SCHEME:
        return f"Unknown authorization scheme: send 'Authorization: {_SCHEME} <key>'"
    if not compare_digest(key.strip().encode("utf-8", "replace"), api_key.encode()):
        return "Invalid API key: unknown, expired, or of another environment"
    return None

"""Parameters that several operations share."""

from typing import Literal

from talon_client.operation import Parameter, path_parameter, query_parameter

INTEGRATION_ID = path_parameter("integration_id", "integrationId", max_length=1000)
LOYALTY_PROGRAM_ID = path_parameter("loyalty_program_id", "loyaltyProgramId", "integer")

PAGE_SIZE = query_parameter("page_size", "pageSize", "integer", minimum=1, maximum=1000)
SKIP = query_parameter("skip", "skip", "integer", minimum=0)
START_DATE = query_parameter("start_date", "startDate", "datetime")
END_DATE = query_parameter("end_date", "endDate", "datetime")
DRY = query_parameter("dry", "dry", "boolean")
SILENT = query_parameter("silent", "silent", choices=("yes", "no"))

SUBLEDGER_ID = query_parameter("subledger_id", "subledgerId")
CUSTOMER_SESSION_IDS = query_parameter(
    "customer_session_ids", "customerSessionIDs", "strings", style="repeated", since="26.16"
)
TRANSACTION_UUIDS = query_parameter(
    "transaction_uuids", "transactionUUIDs", "strings", style="repeated", since="26.16"
)
POINTS_STATUS = query_parameter("status", "status", choices=("active", "pending", "expired"))
POINTS_SORT = query_parameter(
    "sort", "sort", choices=("startDate", "expiryDate", "-startDate", "-expiryDate"), since="26.16"
)
TRANSACTION_TYPE = query_parameter(
    "loyalty_transaction_type", "loyaltyTransactionType", choices=("manual", "session", "import")
)
# `false` is a 400 at the API (facts.md, Loyalty ledger).
AWAITS_ACTIVATION = query_parameter("awaits_activation", "awaitsActivation", "boolean", since="26.16")

PointsStatus = Literal["active", "pending", "expired"]
PointsSort = Literal["startDate", "expiryDate", "-startDate", "-expiryDate"]
TransactionType = Literal["manual", "session", "import"]
Silent = Literal["yes", "no"]


def repeated_subledgers(repeated_since: str | None) -> Parameter:
    """`subledgerId` where several may be given, from that edition on."""
    return query_parameter(
        "subledger_id", "subledgerId", "strings", style="repeated", repeated_since=repeated_since
    )

"""What can be set in a parameter group, as AWS lists it: a believable part of each engine's."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

Group = Mapping[str, Mapping[str, Any]]
"""What was set in a group: members of the API's Parameter, by the parameter's name."""


@dataclass(frozen=True)
class Parameter:
    """Attributes are named after the API's members; moto writes them as XML."""

    parameter_name: str
    parameter_value: str | None
    apply_type: str
    data_type: str
    allowed_values: str | None
    is_modifiable: bool = True
    source: str = "engine-default"
    apply_method: str = "pending-reboot"
    description: str = ""

    @property
    def is_static(self) -> bool:
        return self.apply_type == "static"

    def allows(self, value: str) -> bool:
        """A formula is taken unread, as are values of parameters that AWS lists no values of."""
        if self.allowed_values is None or _FORMULA.match(value):
            return True
        return any(_within(value, one) for one in self.allowed_values.split(","))


_FORMULA = re.compile(r"\{|(GREATEST|LEAST|SUM|IF)\(", re.IGNORECASE)
_RANGE = re.compile(r"(-?[\d.]+)-(-?[\d.]+)")

#: name, value, apply type, data type, allowed values, "no" where it cannot be modified
POSTGRES = """
autovacuum|1|dynamic|boolean|0,1
autovacuum_max_workers|GREATEST({DBInstanceClassMemory/64371566592},3)|static|integer|1-262143
autovacuum_naptime|15|dynamic|integer|1-2147483
checkpoint_timeout||dynamic|integer|30-86400
checkpoint_completion_target|0.9|dynamic|float|0-1.0
default_statistics_target||dynamic|integer|1-10000
effective_cache_size|{DBInstanceClassMemory/16384}|dynamic|integer|1-2147483647
hot_standby_feedback||dynamic|boolean|0,1
idle_in_transaction_session_timeout|86400000|dynamic|integer|0-2147483647
lock_timeout||dynamic|integer|0-2147483647
log_connections||dynamic|boolean|0,1
log_lock_waits||dynamic|boolean|0,1
log_min_duration_statement||dynamic|integer|-1-2147483647
log_statement||dynamic|string|none,ddl,mod,all
maintenance_work_mem|GREATEST({DBInstanceClassMemory*1024/63963136},65536)|dynamic|integer|1024-2147483647
max_connections|LEAST({DBInstanceClassMemory/9531392},5000)|static|integer|6-8388607
max_locks_per_transaction||static|integer|10-2147483647
max_parallel_workers_per_gather||dynamic|integer|0-1024
max_wal_size||dynamic|integer|2-2147483647
max_worker_processes|GREATEST({DBInstanceVCPU*2},8)|static|integer|0-262143
password_encryption|scram-sha-256|dynamic|string|md5,scram-sha-256
port|{EndPointPort}|static|integer|1-65535|no
random_page_cost||dynamic|float|0-1000
rds.force_ssl|1|dynamic|boolean|0,1
rds.logical_replication|0|static|boolean|0,1
rds.log_retention_period|4320|dynamic|integer|1440-10080
shared_buffers|{DBInstanceClassMemory/32768}|static|integer|16-1073741823
shared_preload_libraries|pg_stat_statements|static|list|
ssl|1|dynamic|boolean|0,1|no
statement_timeout||dynamic|integer|0-2147483647
synchronous_commit|on|dynamic|string|local,on,off
temp_file_limit||dynamic|integer|-1-2147483647
TimeZone|UTC|dynamic|string|
wal_buffers||static|integer|-1-262143
work_mem||dynamic|integer|64-2147483647
"""
MYSQL = """
autocommit|1|dynamic|boolean|0,1
binlog_cache_size|32768|dynamic|integer|4096-18446744073709547520
binlog_format|ROW|dynamic|string|ROW,STATEMENT,MIXED
character_set_server|utf8mb4|dynamic|string|
datadir|/rdsdbdata/db/|static|string||no
event_scheduler|ON|dynamic|string|ON,OFF
general_log|0|dynamic|boolean|0,1
group_concat_max_len||dynamic|integer|4-18446744073709547520
innodb_buffer_pool_size|{DBInstanceClassMemory*3/4}|dynamic|integer|5242880-18446744073709551615
innodb_file_per_table|1|dynamic|boolean|0,1
innodb_flush_log_at_trx_commit|1|dynamic|integer|0-2
innodb_io_capacity||dynamic|integer|100-18446744073709551615
innodb_lock_wait_timeout||dynamic|integer|1-1073741824
innodb_log_buffer_size|8388608|dynamic|integer|1048576-4294967295
innodb_read_io_threads||static|integer|1-64
interactive_timeout||dynamic|integer|1-31536000
local_infile|1|dynamic|boolean|0,1
log_bin_trust_function_creators|0|dynamic|boolean|0,1
log_output|FILE|dynamic|string|TABLE,FILE,NONE
long_query_time||dynamic|float|0-31536000
lower_case_table_names||static|integer|0-1
max_allowed_packet||dynamic|integer|1024-1073741824
max_connections|{DBInstanceClassMemory/12582880}|dynamic|integer|1-100000
max_connect_errors||dynamic|integer|1-9223372036854775807
max_execution_time||dynamic|integer|0-18446744073709551615
net_read_timeout||dynamic|integer|1-31536000
performance_schema||static|boolean|0,1
port|{EndPointPort}|static|integer|1-65535|no
read_only|{TrueIfReplica}|dynamic|string|0,1,{TrueIfReplica}
require_secure_transport|0|dynamic|boolean|0,1
slow_query_log|0|dynamic|boolean|0,1
sort_buffer_size||dynamic|integer|32768-18446744073709551615
sync_binlog|1|dynamic|integer|0-4294967295
table_open_cache||dynamic|integer|1-524288
thread_cache_size||dynamic|integer|0-16384
time_zone||dynamic|string|
tmp_table_size||dynamic|integer|1024-18446744073709551615
transaction_isolation||dynamic|string|READ-UNCOMMITTED,READ-COMMITTED,REPEATABLE-READ,SERIALIZABLE
wait_timeout||dynamic|integer|1-31536000
"""
AURORA_POSTGRESQL = (
    POSTGRES
    + """
apg_plan_mgmt.capture_plan_baselines||dynamic|string|off,automatic,manual
rds.global_db_rpo||dynamic|integer|20-2147483647
"""
)
AURORA_MYSQL = (
    MYSQL
    + """
aurora_parallel_query|OFF|dynamic|boolean|0,1,ON,OFF
innodb_print_all_deadlocks||dynamic|boolean|0,1
server_audit_logging|0|dynamic|boolean|0,1
"""
)
CATALOGUE: Mapping[str, str] = {
    "aurora-mysql": AURORA_MYSQL,
    "aurora-postgresql": AURORA_POSTGRESQL,
    "mariadb": MYSQL,
    "mysql": MYSQL,
    "postgres": POSTGRES,
}
"""By what a family begins with; of the other engines nothing is known."""


@cache
def parameters_of(family: str) -> Mapping[str, Parameter]:
    rows = next((text for engine, text in CATALOGUE.items() if family.startswith(engine)), "")
    found = (_parameter(line.split("|")) for line in rows.split("\n") if line)
    return {one.parameter_name: one for one in found}


def listed(family: str, group: Group) -> Iterator[Parameter]:
    """All of the family's, with what was set in the group; and what is set and not known."""
    known = parameters_of(family)
    for name in sorted({*known, *group}):
        parameter = known.get(name) or unknown(name)
        yield _set(parameter, group[name]) if name in group else parameter


def unknown(name: str) -> Parameter:
    """One that stands in a declared database's group though no catalogue has it."""
    return Parameter(name, None, "static", "string", None)


def _set(parameter: Parameter, values: Mapping[str, Any]) -> Parameter:
    return replace(
        parameter,
        parameter_value=values["ParameterValue"],
        apply_type=values.get("ApplyType", parameter.apply_type),
        apply_method=values["ApplyMethod"],
        source="user",
    )


def _parameter(row: Sequence[str]) -> Parameter:
    name, value, apply_type, data_type, allowed, *rest = row
    return Parameter(
        name,
        value or None,
        apply_type,
        data_type,
        allowed or None,
        is_modifiable=not rest,
        source="system" if value else "engine-default",
        description=f"Sets {name}.",
    )


def _within(value: str, allowed: str) -> bool:
    bounds = _RANGE.fullmatch(allowed)
    if bounds is None:
        return value == allowed
    try:
        return float(bounds[1]) <= float(value) <= float(bounds[2])
    except ValueError:
        return False

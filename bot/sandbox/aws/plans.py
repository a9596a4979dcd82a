"""How long each operation takes, as statuses one after another: plausible, not measured.

After a modifying call was accepted the database says `available` for some more seconds, as on AWS.
What a plan does not say is the settled status that follows it.
"""

from bot.sandbox.aws.timeline import Phase

Plan = dict[str, list[Phase]]


def default_plan() -> Plan:
    """A fresh copy, to be changed at will."""
    return {
        "create_db_instance": [("creating", 300), ("backing-up", 60)],
        "delete_db_instance": [("deleting", 200)],
        "reboot_db_instance": [("available", 6), ("rebooting", 40)],
        "failover_db_instance": [("available", 6), ("rebooting", 75)],
        "start_db_instance": [("starting", 240)],
        "stop_db_instance": [("stopping", 180)],
        "modify_class": [("available", 8), ("modifying", 300)],
        "modify_multi_az": [("available", 8), ("modifying", 600)],
        "upgrade_engine": [("available", 8), ("upgrading", 900)],
        "change_certificate": [("available", 8), ("modifying", 60)],
        "modify_retention": [("available", 5), ("modifying", 20)],
        "modify_access": [("available", 5), ("modifying", 30)],
        "modify_security_groups": [("available", 5), ("modifying", 20)],
        "attach_parameter_group": [("available", 5), ("modifying", 20)],
        "modify_iam_authentication": [("available", 5), ("configuring-iam-database-auth", 40)],
        "configure_monitoring": [("available", 5), ("configuring-enhanced-monitoring", 60)],
        "configure_insights": [("available", 5), ("modifying", 60)],
        "configure_log_exports": [("available", 5), ("configuring-log-exports", 45)],
        "manage_password": [("available", 5), ("resetting-master-credentials", 45)],
        "rotate_password": [("available", 5), ("resetting-master-credentials", 45)],
        "rename_instance": [("available", 8), ("renaming", 60), ("rebooting", 40)],
        "modify_storage": [("available", 8), ("modifying", 60), ("storage-optimization", 3600)],
        "modify_windows": [("available", 4), ("modifying", 12)],
        "upgrade_db_instance": [("available", 8), ("upgrading", 900)],
        "maintain": [("available", 8), ("maintenance", 480)],
        "rotate_certificate": [("available", 8), ("rebooting", 60)],
        "apply_parameters": [("applying", 20)],
        "back_up_instance": [("available", 5), ("backing-up", 200)],
        "create_db_snapshot": [("creating", 240)],
        "copy_db_snapshot": [("copying", 300)],
        "restore_db_instance": [("creating", 320), ("backing-up", 60)],
        "restore_db_cluster": [("creating", 200)],
        "clone_db_cluster": [("creating", 120)],
        "create_read_replica": [("creating", 380)],
        "promote_read_replica": [("available", 6), ("modifying", 240), ("rebooting", 40)],
        "create_blue_green_deployment": [("PROVISIONING", 1800)],
        "switchover_blue_green_deployment": [("SWITCHOVER_IN_PROGRESS", 60)],
        "delete_blue_green_deployment": [("DELETING", 60)],
        "start_export_task": [("STARTING", 300), ("IN_PROGRESS", 1500)],
        "cancel_export_task": [("CANCELING", 60)],
        "create_db_cluster": [("creating", 200)],
        "delete_db_cluster": [("deleting", 120)],
        "start_db_cluster": [("starting", 300)],
        "stop_db_cluster": [("stopping", 200)],
        "reboot_db_cluster": [("available", 6), ("rebooting", 60)],
        "failover_db_cluster": [("available", 3), ("failing-over", 30)],
        "create_cluster_member": [("creating", 420)],
        "upgrade_db_cluster": [("available", 8), ("upgrading", 900)],
        "modify_cluster_class": [("available", 5), ("modifying", 900)],
        "modify_db_cluster": [("available", 5), ("modifying", 60)],
        "back_up_cluster": [("available", 5), ("backing-up", 100)],
        "create_db_cluster_snapshot": [("creating", 120)],
        "copy_db_cluster_snapshot": [("copying", 150)],
    }

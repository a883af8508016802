"""Own data: files of events and products that are loaded into a workspace, and snapshots of a workspace as it is."""

"""What the processes of an installation share by Redis; imported only where there is one."""

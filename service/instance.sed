# Makes the template of a unit (davylamp@.service) from the unit (davylamp.service): one gateway of several on a
# machine, with a folder of its own in each of the places, and those of the others out of sight.
1i\
# One gateway of several on this machine (docs/operations.md). Made from the unit of the same name without @.
s|^Description=.*|& (%i)|
s|/etc/davylamp/|/etc/davylamp.d/%i/|g
s|/var/lib/davylamp-backup|/var/lib/davylamp-backup.d/%i|g
s|/var/lib/davylamp$|/var/lib/davylamp.d/%i|
s|/run/davylamp$|/run/davylamp.d/%i|
s|^\(StateDirectory=davylamp[a-z-]*\)$|\1.d/%i|
s|^\(RuntimeDirectory=davylamp\)$|\1.d/%i|
s|davyd run$|& -c /etc/davylamp.d/%i/davyd.conf|
s|davyd status|& -c /etc/davylamp.d/%i/davyd.conf|
s|^ExecStart=.*davylamp-backup .*|& /etc/davylamp.d/%i/davyd.conf|
/^\[Service\]/a\
# The other gateways of this machine are not there for this one.\
TemporaryFileSystem=/etc/davylamp.d:ro /var/lib/davylamp.d:ro /run/davylamp.d:ro /var/lib/davylamp-backup.d:ro\
BindReadOnlyPaths=/etc/davylamp.d/%i\
BindPaths=-/var/lib/davylamp.d/%i -/run/davylamp.d/%i -/var/lib/davylamp-backup.d/%i\
InaccessiblePaths=-/etc/davylamp -/var/lib/davylamp -/run/davylamp
/^InaccessiblePaths=/d
# Its share of the machine, in the unit of the gateway itself.
/^IOWeight=/a\
# Weights count where the machine is busy, limits always. Keep the sum of MemoryMax= below the memory of the machine:\
# systemctl edit davylamp@NAME.\
MemoryHigh=768M\
MemoryMax=1G\
MemorySwapMax=0\
# A child that needs too much is ended and started again by davyd; the others go on.\
OOMPolicy=continue

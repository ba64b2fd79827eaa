#!/usr/bin/perl
# davyd under a service manager, played by this test: readiness, reload, watchdog and stop as datagrams; sockets that
# are passed; levels for the journal; and a manager that lies. systemd itself: tests/package.
use strict;
use warnings;
use Cwd qw(realpath);
use Fcntl qw(F_SETFD F_GETFD F_SETFL O_NONBLOCK);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX qw(dup2 WNOHANG :sys_wait_h);
use Socket;
use Time::HiRes qw(time sleep);

my $davyd = realpath(($ENV{BUILD} || 'build') . '/davyd');
my $T = tempdir('davyd-service.XXXXXX', TMPDIR => 1, CLEANUP => 1);
my ($n, $pid, @said, %all) = (0);
$SIG{PIPE} = 'IGNORE';
my $us = $$;
END { kill 'KILL', keys %all if $$ == $us }

sub slurp { open(my $f, '<', $_[0]) or return ''; local $/; my $s = <$f>; defined $s ? $s : '' }
sub ok($$) {
	my ($pass, $what) = @_;
	$n++;
	print $pass ? '' : 'not ', "ok $n - $what\n";
	if (!$pass) { print "# $_\n" for split /\n/, join("\n", 'said:', @said, 'log:', slurp("$T/log")) }
	return $pass;
}

# ---- the manager ----

sub notify_at {
	my ($where) = @_;
	my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $where =~ s/^@/\0/r) or die "$where: $!";
	return $s;
}
# Reads what was said until one line matches, or `s` seconds have gone.
sub hear {
	my ($sock, $pattern, $s) = @_;
	my $end = time + ($s || 10);
	while ((my $left = $end - time) > 0) {
		next unless IO::Select->new($sock)->can_read($left);
		$sock->recv(my $text, 4096);
		push @said, split /\n/, $text;
		return 1 if $text =~ /$pattern/m;
	}
	return 0;
}
# Starts davyd with these descriptors as 3, 4, … and this environment; PID in a value becomes the process's own.
sub start {
	my ($conf, $env, @fd) = @_;
	@said = ();
	unlink "$T/log";
	$pid = fork;
	$all{$pid} = 1 if $pid;
	if (!$pid) {
		delete @ENV{qw(NOTIFY_SOCKET LISTEN_FDS LISTEN_PID LISTEN_FDNAMES WATCHDOG_USEC WATCHDOG_PID
			JOURNAL_STREAM)};
		open(STDOUT, '>', '/dev/null');
		open(STDERR, '>', "$T/log");
		# Away from the places that they will have, so that none overwrites another.
		my @high = map { POSIX::fcntl_dup($_) } @fd;
		my @st = stat(STDERR);
		for my $k (keys %{$env}) {
			my $v = $env->{$k};
			$v =~ s/PID/$$/;
			$v =~ s/STDERR/$st[0]:$st[1]/;
			$ENV{$k} = $v;
		}
		for my $i (0 .. $#high) { dup2($high[$i], 3 + $i) }
		exec $davyd, 'run', '-c', $conf;
	}
	return $pid;
}
sub POSIX::fcntl_dup {
	my $r = fcntl($_[0], 0, 100);    # F_DUPFD
	return defined $r ? $r + 0 : die "dup: $!";
}
sub stop {
	my ($signal) = @_;
	kill $signal || 'TERM', $pid;
	for (1 .. 200) {
		if (waitpid($pid, WNOHANG) == $pid) { delete $all{$pid}; $pid = 0; return $? }
		sleep 0.05;
	}
	return -1;
}
# It ends by itself with code 1 and such a sentence.
sub refused {
	my ($what, $pattern) = @_;
	my $end = time + 10;
	sleep 0.05 while time < $end && !waitpid($pid, WNOHANG);
	my $code = $?;
	if (kill 0, $pid) { stop('KILL'); $code = -1 }
	delete $all{$pid};
	$pid = 0;
	ok($code == 1 << 8 && slurp("$T/log") =~ $pattern, $what);
}
sub logged {
	my ($pattern, $s) = @_;
	my $end = time + ($s || 10);
	while (time < $end) { return 1 if slurp("$T/log") =~ $pattern; sleep 0.05 }
	return 0;
}
sub tcp { IO::Socket::INET->new(Listen => 16, LocalAddr => '127.0.0.1:0', ReuseAddr => 1) or die $! }
sub port { my $s = tcp(); my $p = $s->sockport; close $s; return $p }
sub get {
	my ($to) = @_;
	my $s = ref $to ? $to
		: $to =~ m{^/} ? IO::Socket::UNIX->new(Peer => $to) : IO::Socket::INET->new("127.0.0.1:$to");
	return '' unless $s;
	print $s "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
	my $text = '';
	my $end = time + 5;
	while (IO::Select->new($s)->can_read($end - time > 0 ? $end - time : 0)) {
		sysread($s, $text, 4096, length $text) or last;
	}
	return $text;
}
my $good = qr/ 200 /;

my $p = port();
chomp(my $root = `openssl rand -base64 32`);
system("$davyd init $T/gw --root $root --listen 127.0.0.1:$p >/dev/null") == 0 or die;
open(my $more, '>>', "$T/gw/davyd.conf"); print $more "faces = 2\ndrain_seconds = 2\n"; close $more;
my $conf = "$T/gw/davyd.conf";
sub variant {
	my ($name, $listen, $rest) = @_;
	my $text = slurp($conf) =~ s/^listen.*/listen = {$listen}/mr;
	open(my $f, '>', "$T/gw/$name.conf");
	print $f $text, $rest || '';
	close $f;
	return "$T/gw/$name.conf";
}

# ---- how it is ----

my $bus = notify_at("$T/notify");
start($conf, { NOTIFY_SOCKET => "$T/notify", WATCHDOG_USEC => 300000, WATCHDOG_PID => 'PID' });
ok(hear($bus, '^READY=1$'), 'ready is said');
ok(get($p) =~ $good, 'and is true');
ok((grep { /^STATUS=starting/ } @said) && (grep { /^EXTEND_TIMEOUT_USEC=\d+$/ } @said) &&
	(grep { $_ eq 'STATUS=serving' } @said),
	'before it time was asked for, with it comes a sentence');
@said = ();
my $at = time;
hear($bus, '^WATCHDOG=1$', 3) for 1 .. 4;
ok((grep { $_ eq 'WATCHDOG=1' } @said) >= 4 && time - $at < 3, 'the watchdog is fed on half of its time');
@said = ();
kill 'HUP', $pid;
ok(hear($bus, '^RELOADING=1$') && (grep { /^MONOTONIC_USEC=\d+$/ } @said), 'a reload begins, with its time');
ok(hear($bus, '^READY=1$'), 'and ends');
@said = ();
my ($vault) = slurp("$T/log") =~ /role=vault index=-1 pid=(\d+)/;
kill 'KILL', $vault;
ok(hear($bus, '^STATUS=the vault is being started again'), 'a vault that died is said');
ok(hear($bus, '^STATUS=serving$'), 'and that it is back');
ok(!(grep { /READY|RELOADING|STOPPING/ } @said), 'neither is a change of state');
my @heard = @said;
@said = ();
kill 'TERM', $pid;
ok(hear($bus, '^STOPPING=1$') && stop('TERM') == 0, 'a stop is said, and done');
push @heard, @said;
my @odd = grep { !/^((READY|STOPPING|RELOADING|WATCHDOG)=1|(MONOTONIC|EXTEND_TIMEOUT)_USEC=\d+|STATUS=[a-z0-9 ,:;]+)$/ }
	@heard;
ok(!@odd, 'nothing else is ever said') or print "# $_\n" for @odd;

{
	my $name = "\@davyd-service-$$";
	my $hall = notify_at($name);
	start($conf, { NOTIFY_SOCKET => $name, WATCHDOG_USEC => 100000, WATCHDOG_PID => 1 });
	ok(hear($hall, '^READY=1$'), 'an abstract name');
	@said = ();
	hear($hall, '^WATCHDOG=1$', 0.5);
	ok(!@said, 'another process\'s watchdog is not fed');
	close $hall;
	kill 'HUP', $pid;
	logged(qr/event=reload/);
	ok(get($p) =~ $good, 'a manager that is gone takes nothing with it');
	stop();
}

# A manager that does not listen at the moment: nobody waits for it, and it hears all the same.
{
	my $mouth = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => "$T/notify");
	$mouth->blocking(0);
	1 while defined send($mouth, 'X=1', 0);
	start($conf, { NOTIFY_SOCKET => "$T/notify" });
	my $up = 0;
	for (1 .. 100) { last if $up = get($p) =~ $good; sleep 0.05 }
	ok($up, 'a full queue holds nobody up');
	sleep 0.3;
	ok(hear($bus, '^READY=1$', 5), 'and ready is said when there is room');
	stop();
}

open(my $file, '>', "$T/file"); close $file;
for (['nowhere' => "$T/none"], ['a file' => "$T/file"], ['a name that is too long' => '/' . 'x' x 200],
	['another family' => 'vsock:2:1']) {
	start($conf, { NOTIFY_SOCKET => $_->[1], WATCHDOG_USEC => 1000000 });
	logged(qr/event=ready/);
	my $up = get($p);
	my @warned = slurp("$T/log") =~ /event=notify-refused/g;
	ok($up =~ $good && @warned == 1 && stop() == 0, "NOTIFY_SOCKET names $_->[0]: said once, and done without");
}

# A reload that is refused ends too.
{
	my $q = port();
	my $tls = variant('tls', qq("https:127.0.0.1:$q", "127.0.0.1:$p"),
		qq(tls_cert = "cert.pem"\ntls_key = "key.pem"\n));
	system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $T/gw/key.pem " .
		"-out $T/gw/cert.pem -days 2 -subj /CN=a.invalid 2>/dev/null");
	start($tls, { NOTIFY_SOCKET => "$T/notify" });
	hear($bus, '^READY=1$');
	open(my $f, '>', "$T/gw/cert.pem"); close $f;
	@said = ();
	kill 'HUP', $pid;
	ok(hear($bus, '^READY=1$') && (grep { /^STATUS=.*reload was refused/ } @said),
		'a refused reload ends, and is said');
	stop();
}

# ---- sockets ----

my $web = tcp();
my $q = $web->sockport;
my $un = IO::Socket::UNIX->new(Listen => 16, Local => "$T/web.sock") or die $!;
my $both = variant('both', qq("127.0.0.1:$q", "unix:$T/web.sock", "127.0.0.1:$p"));
my %two = (NOTIFY_SOCKET => "$T/notify", LISTEN_PID => 'PID', LISTEN_FDS => 2, LISTEN_FDNAMES => 'web:onion');
start($both, \%two, $un, $web);
ok(hear($bus, '^READY=1$') && get($q) =~ $good && get("$T/web.sock") =~ $good && get($p) =~ $good,
	'passed sockets serve, in any order, beside one of its own');
my %flags = map { $_ => oct((slurp("/proc/$pid/fdinfo/$_") =~ /^flags:\s*(\d+)/m)[0] || 0) } 3, 4;
ok(($flags{3} & $flags{4} & 04000) && ($flags{3} & $flags{4} & 02000000), 'they are non-blocking and close-on-exec');
my $first = $pid;
start($both, \%two, $un, $web);
refused('a second one on the same sockets', qr/another davyd is running/);
$pid = $first;
ok(-S "$T/gw/control.sock" && -S "$T/web.sock" && get($q) =~ $good, 'and the first one serves on');
ok(stop() == 0 && -S "$T/web.sock" && !-e "$T/gw/control.sock", 'at the end the manager\'s file stays, its own goes');
my $early = IO::Socket::INET->new("127.0.0.1:$q");
start($both, \%two, $un, $web);
ok($early && get($early) =~ $good, 'who came between two runs is served by the second');
stop();

my $six = IO::Socket::INET->can('new') && eval {
	require IO::Socket::IP;
	IO::Socket::IP->new(Listen => 8, LocalHost => '::1', LocalPort => 0, V6Only => 1);
};
if ($six) {
	my $c = variant('six', sprintf('"[::1]:%d"', $six->sockport));
	start($c, { NOTIFY_SOCKET => "$T/notify", LISTEN_PID => 'PID', LISTEN_FDS => 1 }, $six);
	ok(hear($bus, '^READY=1$'), 'an address of the sixth version');
	stop();
} else {
	ok(1, 'an address of the sixth version: this machine has none');
}

start($conf, { LISTEN_PID => 1, LISTEN_FDS => 2 }, $un, $web);
ok(logged(qr/event=ready/) && get($p) =~ $good, 'sockets for another process are left alone');
stop();
start($conf, { LISTEN_PID => 'PID', LISTEN_FDS => 0 });
ok(logged(qr/event=ready/), 'none passed is none passed');
stop();
for my $v ('999', '9', '-1', 'two', '1x', '18446744073709551616') {
	start($both, { LISTEN_PID => 'PID', LISTEN_FDS => $v }, $un, $web);
	refused("LISTEN_FDS=$v", qr/LISTEN_FDS=\Q$v\E: at most 8/);
}
start($both, { LISTEN_PID => 'PID', LISTEN_FDS => 3 }, $un, $web);
refused('one more than there are', qr/descriptor 5 was passed as a socket and is none/);
open(my $plain, '<', "$T/file");
start($both, { LISTEN_PID => 'PID', LISTEN_FDS => 1 }, $plain);
refused('a file', qr/descriptor 3 .* none that listens/);
start($both, { LISTEN_PID => 'PID', LISTEN_FDS => 1 }, $bus);
refused('a datagram socket', qr/descriptor 3 .* none that listens/);
my $dialled = IO::Socket::INET->new("127.0.0.1:$q");
start($both, { LISTEN_PID => 'PID', LISTEN_FDS => 1 }, $dialled);
refused('a connection (Accept=yes)', qr/Accept=no/);
start($conf, { %two, LISTEN_FDS => 1 }, $web);
refused('an address that no listen line names', qr/socket web was passed for 127\.0\.0\.1:$q,/);
start($both, { %two, LISTEN_FDNAMES => '', LISTEN_FDS => 3 }, $un, $web, $web);
refused('the same address twice', qr/was passed for 127\.0\.0\.1:$q,/);
start($both, { %two, LISTEN_FDNAMES => 'x' x 5000 . ':::::::::::' }, $un, $web);
ok(logged(qr/event=ready/), 'names of any length');
stop();

if (-x '/usr/bin/systemd-socket-activate') {
	my $r = port();
	my $c = variant('sd', qq("127.0.0.1:$r"));
	$pid = fork;
	$all{$pid} = 1 if $pid;
	if (!$pid) {
		open(STDOUT, '>', '/dev/null');
		open(STDERR, '>', "$T/log");
		exec 'systemd-socket-activate', '-l', "127.0.0.1:$r", $davyd, 'run', '-c', $c;
	}
	my $up = '';
	for (1 .. 60) { last if ($up = get($r)) =~ $good; sleep 0.1 }
	ok($up =~ $good, 'systemd-socket-activate: the first visitor starts it');
	stop();
} else {
	ok(1, 'systemd-socket-activate: not here');
}

# ---- the journal ----

start($conf, { JOURNAL_STREAM => 'STDERR', NOTIFY_SOCKET => "$T/none" });
logged(qr/event=ready/);
kill 'KILL', (slurp("$T/log") =~ /role=vault index=-1 pid=(\d+)/)[0];
logged(qr/event=child-died/);
stop();
my @lines = split /\n/, slurp("$T/log");
ok(@lines > 5 && !(grep { !/^<[346]>\S+ level=/ } @lines) && (grep { /^<4>parent level=warn/ } @lines) &&
	(grep { /^<6>vault level=info/ } @lines),
	'every line of every role bears its level for the journal');
ok(!(grep { /\d\d:\d\d|\d{4}-\d\d-\d\d/ } @lines), 'and no time of ours');
start($conf, { JOURNAL_STREAM => 'STDERR', LISTEN_PID => 'PID', LISTEN_FDS => 'x' });
refused('a fatal line too', qr/^<3>parent level=fatal/);
for my $v ('1:2', 'STDERR0', 'x:STDERR', ':', '9' x 99 . ':1', '') {
	start($conf, { JOURNAL_STREAM => $v });
	logged(qr/event=ready/);
	stop();
	ok(slurp("$T/log") !~ /^</m, "JOURNAL_STREAM=$v is not this stream: no levels");
}
print "1..$n\n";

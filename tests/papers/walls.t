#!/usr/bin/perl
# The rooms of admin-cli and server, and which room may use which. This reads the #include lines of both: a source in no
# room, an arrow that the table does not have, and a circle of rooms are failures. An arrow in the table only ever
# points to a line above it, so that the table itself has no circle.
use strict;
use warnings;
use File::Find;

# A room, and the rooms of its part that it may use. Every room may use crypto; nothing else.
my @table = (
	[ 'crypto' ],
	[ 'admin-cli/base' ],
	[ 'admin-cli/rules' ],
	[ 'admin-cli/plan', qw(rules) ],
	[ 'admin-cli/cli', qw(base rules) ],
	[ 'admin-cli/home', qw(base) ],
	[ 'admin-cli/net', qw(home base) ],
	[ 'admin-cli/desk', qw(net home plan rules base) ],
	[ 'admin-cli/witness', qw(desk base) ],
	[ 'admin-cli/source', qw(desk net home rules base) ],
	[ 'admin-cli/roster', qw(home base) ],
	[ 'admin-cli/paper' ],                                                       # a program of its own
	[ 'admin-cli/view', qw(desk rules cli base paper) ],                         # paper: its exit codes
	[ 'admin-cli/cmd', qw(view roster source witness desk net home cli plan rules base) ],
	[ 'admin-cli/ui', qw(cmd view desk net home cli rules base) ],
	[ 'admin-cli', qw(ui cmd view roster source desk net home cli rules base) ],    # davy.c and commands.c
	[ 'server/base' ],
	[ 'server/store', qw(base) ],
	[ 'server/store/sql', qw(store base) ],
	[ 'server/store/sqlite', qw(store/sql store base) ],
	[ 'server/store/pg', qw(store/sql store base) ],
	[ 'server/db', qw(store/pg store/sql base) ],                               # a program of its own
	[ 'server/veil', qw(base) ],                                                # a program of its own
	[ 'server/tls', qw(base) ],
	[ 'server/face', qw(base) ],
	[ 'server/vault', qw(store base) ],
	[ 'server/parent', qw(tls face vault base) ],
	[ 'server/ctl', qw(parent vault store base) ],
	[ 'server', qw(ctl base) ],                                                  # davyd.c
);
# Files that a script makes into the build, or that another library brings, and the one room that may include them.
my %made = (
	'states.inc' => 'admin-cli/rules',
	'taxonomy.inc' => 'admin-cli/rules',
	'words.inc' => 'admin-cli/rules',
	'abstract.inc' => 'admin-cli/rules',
	'clocks.inc' => 'admin-cli/rules',
	'training.inc' => 'admin-cli/rules',
	'papers.inc' => 'admin-cli/rules',
	'fips202.h' => 'crypto',
	'kem.h' => 'crypto',
);
# What the table forbids and the tree still does: "file includes file". One that no longer occurs must go.
my %known = map { $_ => 0 } ();

my ($tests, $failed) = (0, 0);
sub ok {
	my ($name, @wrong) = @_;
	$tests++;
	$failed++ if @wrong;
	print((@wrong ? 'not ok' : 'ok'), " $tests - $name\n", map { "# $_\n" } @wrong);
}
sub room { my ($file) = @_; return $file =~ m{^(.*)/} ? $1 : '' }

my (%may, @bad_row);
for (@table) {
	my ($room, @uses) = @$_;
	my ($part) = $room =~ m{^([^/]*)};
	$may{$room} = { map { $_ => 1 } 'crypto', map { "$part/$_" } @uses };
	push @bad_row, map { "$room uses $_, which has no line above it" }
		grep { !$may{$_} } sort keys %{ $may{$room} };
}
ok('the table has no circle', @bad_row);

my @sources;
find({ no_chdir => 1, wanted => sub { push @sources, $_ if /\.[ch]$/ } }, 'crypto', 'admin-cli', 'server');
@sources = sort @sources;
my (%in, %arrow, @forbidden, @unknown);
my $lines = 0;
for my $file (@sources) {
	my $from = room($file);
	$in{$from}++;
	open my $in, '<', $file or die "$file: $!";
	while (<$in>) {
		next unless /^\s*#\s*include\s+(.*)/;
		my $what = $1;
		$lines++;
		next if $what =~ /^<[^>]*>/ && $what !~ m{^<(?:crypto|admin-cli|server)/};
		my ($used) = $what =~ /^["<]([^">]*)[">]/;
		my $to = defined $used ? $made{$used} || room($used) : '';
		if (!$may{$to} || ($made{$used} ? $to ne $from : !-e $used)) {
			push @unknown, "$file:$.: $what";
			next;
		}
		next if $to eq $from;
		$arrow{$from}{$to} = "$file:$.";
		next if !$may{$from} || $may{$from}{$to};
		if (exists $known{"$file $used"}) { $known{"$file $used"}++ }
		else { push @forbidden, "$file:$.: $from may not use $to ($used)" }
	}
	close $in;
}
ok('the sources are read: ' . @sources . " files, $lines includes", @sources > 300 && $lines > 1500 ? () : 'too few');
ok('every source is in a room', map { "$_ is no room of the table" } grep { !$may{$_} } sort keys %in);
ok('every room has sources', map { "$_ has none" } grep { !$in{$_} } sort keys %may);
ok('an include names a file from the top of the tree, or one that is made for that room', @unknown);
ok('no room uses what the table does not give it', @forbidden);
ok('each known exception still occurs', map { "$_: take it out of the list" } grep { !$known{$_} } sort keys %known);

# Rooms that use no others, and rooms that no others use, are taken away until nothing changes: circles are left.
my %left = map { $_ => 1 } keys %may;
for (my $before = -1; $before != keys %left;) {
	$before = keys %left;
	for my $room (keys %left) {
		my $uses = grep { $left{$_} } keys %{ $arrow{$room} };
		my $used = grep { $arrow{$_}{$room} } keys %left;
		delete $left{$room} unless $uses && $used;
	}
}
my @circle;
for my $room (sort keys %left) {
	push @circle, map { "$room uses $_ ($arrow{$room}{$_})" } grep { $left{$_} } sort keys %{ $arrow{$room} };
}
ok('no circle of rooms', @circle);
print "1..$tests\n";
exit($failed ? 1 : 0);

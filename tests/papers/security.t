#!/usr/bin/perl
# SECURITY.md is true about the tree: what it names is there, and every source has its audit level, once.
use strict;
use warnings;

open my $in, '<', 'SECURITY.md' or die "SECURITY.md: $!";
my @lines = <$in>;
close $in;

my ($tests, $failed) = (0, 0);
sub ok {
	my ($good, $name) = @_;
	$tests++;
	$failed++ unless $good;
	print(($good ? 'ok' : 'not ok'), " $tests - $name\n");
}

# Every path between backquotes that names one of our folders.
my %named;
for (@lines) {
	$named{$1}++ while m{`((?:crypto|server|admin-cli|web|tests|docs|debian|service|scripts)/[\w./*{},-]*)`}g;
}
my @absent = grep { !-e } map { my @all = glob; @all ? @all : $_ } sort keys %named;
ok(scalar keys %named > 20, 'papers name their proofs: ' . keys(%named) . ' paths');
ok(!@absent, "what is named is there @absent");

# The audit table: | level | files | why |, files as patterns between backquotes. A file that is named in full goes
# before a pattern that covers it too; of two patterns, or two names, the table may have only one.
my (%named_level, %pattern_level, %twice);
for (@lines) {
	next unless /^\| ([ABC]) \| ([^|]*) \|/;
	my ($l, $files) = ($1, $2);
	while ($files =~ /`([^`]+)`/g) {
		my $one = $1;
		my $level = $one =~ /\*/ ? \%pattern_level : \%named_level;
		for my $f (glob $one) {
			$twice{$f}++ if $level->{$f};
			$level->{$f} = $l;
		}
	}
}
chomp(my @sources = qx{find crypto server admin-cli web/core web/app -name '*.c' -o -name '*.js'});
my @without = grep { !$named_level{$_} && !$pattern_level{$_} } @sources;
ok(@sources > 150, 'there are sources: ' . @sources);
ok(!@without, "every source has an audit level @without");
ok(!%twice, join(' ', 'no source has two', sort keys %twice));
print "1..$tests\n";
exit($failed ? 1 : 0);

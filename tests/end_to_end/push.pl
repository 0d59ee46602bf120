#!/usr/bin/env perl
# Pushes one HL7v2 message over plain MLLP and prints the acknowledgement: what a laboratory's own
# script would do.   push.pl HOST PORT FILE
use strict;
use warnings;
use IO::Socket::INET;

my ($host, $port, $file) = @ARGV;
open(my $in, '<:raw', $file) or die "$file: $!";
my $message = do { local $/; <$in> };
$message =~ s/\r?\n/\r/g;

my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Timeout => 30)
  or die "cannot connect: $!";
binmode $socket;
print $socket "\x0b$message\x1c\x0d";
$socket->flush;

my $answer = '';
while ($answer !~ /\x1c/) {
  sysread($socket, my $chunk, 4096) or die "closed without an answer";
  $answer .= $chunk;
}
$answer =~ s/^\x0b|\x1c.*$//gs;
$answer =~ s/\r/\n/g;
print $answer;

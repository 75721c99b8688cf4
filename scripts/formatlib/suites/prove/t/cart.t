use strict;
use warnings;
use lib '.';
use Test::More;
use Trace qw(begin);

my $run = $ENV{CHECK_RUN};

begin('passes');
ok(1, 'passes');

subtest prices => sub {
    begin('fails');
    is(3, 4, 'fails');
    begin('breaks');
    is($run >= $ENV{CHECK_BREAKS} ? 3 : 4, 4, 'breaks (of the whole cart)');
};

begin('flakes');
diag('looking at the queue');
my $is_open = $run % 7 != 3;
ok($is_open, 'flakes') or diag('queue is closed');

SKIP: {
    skip 'not on this machine', 1;
    begin('skipped');
    ok(1, 'skipped');
}

begin('numbered');
ok($run % 11 != 5, 'numbered')
    or diag(sprintf 'connect to 127.0.0.1:%d refused: socket at 0x%x, after %.3f s', 1024 + rand 64512, rand 2**48, rand);

done_testing;

use strict;
use warnings;
use lib '.';
use Test::More tests => 1;
use Trace qw(begin);

begin('crashes');
kill ABRT => $$ if $ENV{CHECK_RUN} % 9 == 4;
ok(1, 'crashes');

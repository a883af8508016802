# A driver in Perl, written from parity/README.md alone: five operations, which it names in its answer to `hello`.
use strict;
use warnings;
use HTTP::Tiny;
use IO::Uncompress::Gunzip qw(gunzip);
use JSON::PP;

$| = 1;
my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my %paths = (
    'analytics.overview' => ['GET',    '/analytics/overview/'],
    'products.schema'    => ['GET',    '/pim/schema/'],
    'segments.delete'    => ['DELETE', '/segments/{id}/'],
    'segments.get'       => ['GET',    '/segments/{id}/'],
    'segments.list'      => ['GET',    '/segments/'],
);
my %kinds = (400 => 'BadRequest', 401 => 'Authentication', 403 => 'Permission', 404 => 'NotFound', 429 => 'RateLimit');
my ($http, %client);

sub uuid4 { sprintf '%08x-%04x-4%03x-a%03x-%012x', map { int rand 2**$_ } 32, 16, 12, 12, 48 }

sub escaped { my $text = shift; utf8::encode $text; $text =~ s/([^A-Za-z0-9\-._~])/sprintf '%%%02X', ord $1/ge; $text }

sub query {
    my %given = %{ shift // {} };
    my @pairs;
    for my $name (sort keys %given) {
        push @pairs, escaped($name) . '=' . escaped($_) for ref $given{$name} eq 'ARRAY' ? @{ $given{$name} } : $given{$name};
    }
    return @pairs ? '?' . join '&', @pairs : '';
}

sub called {
    my $command = shift;
    my ($method, $path) = @{ $paths{ $command->{op} } or die "no such operation here: $command->{op}\n" };
    my @args = @{ $command->{args} };
    $path =~ s/\{id\}/escaped(shift @args)/e;
    my $query = $method eq 'GET' ? query(shift @args) : '';
    my %headers = (
        'Accept'          => 'application/json',
        'Accept-Encoding' => 'gzip',
        'Authorization'   => "ApiKey $client{api_key}",
    );
    $headers{'Idempotency-Key'} = $command->{named}{idempotency_key} // uuid4() if $method eq 'DELETE';
    my $reply = $http->request($method, $client{base_url} . $path . $query, { headers => \%headers });
    my $body = $reply->{content};
    if ($reply->{status} == 599) {    # what HTTP::Tiny says when there was no reply
        my $kind = $body =~ /timed out/i ? 'Timeout' : 'Connection';
        return {
            error => {
                kind => "SegOps${kind}Error", message => "$method $path$query got no reply: $body",
                method => $method, path => $path . $query, attempts => 1,
            }
        };
    }
    if (($reply->{headers}{'content-encoding'} // '') eq 'gzip') {
        gunzip \$body => \my $plain;
        $body = $plain;
    }
    my $value = length $body ? eval { $json->decode($body) } // $body : undef;
    return { ok => $value } if $reply->{success};
    my $status = $reply->{status};
    my $id = $reply->{headers}{'x-request-id'};
    my $detail = ref $value eq 'HASH' ? $value->{detail} // '' : '';
    my $kind = 'SegOps' . ($kinds{$status} // ($status >= 500 ? 'Server' : 'Api')) . 'Error';
    return {
        error => {
            kind    => $kind,
            message => "$method $path$query answered $status $reply->{reason}: $detail" . ($id ? " Request id: $id." : ''),
            status  => $status + 0,
            body    => $value,
            headers => $reply->{headers},
            method  => $method,
            path    => $path . $query,
            request_id => $id,
            attempts   => 1,
        }
    };
}

my %answers = (
    hello => sub {
        +{ ok => {
                protocol => 'segops-parity/1', sdk => 'a sketch in Perl', version => '1.0', language => 'perl',
                runtime => "perl $^V", capabilities => [], operations => [sort keys %paths],
            } }
    },
    open => sub {
        my $command = shift;
            $http = HTTP::Tiny->new(
            agent => 'segops-admin-perl/1.0', max_redirect => 0, timeout => $command->{options}{timeout} // 60,
        );
        %client = (api_key => $command->{api_key}, base_url => $command->{options}{base_url});
        +{ ok => { base_url => $client{base_url}, repr => '<client>', warnings => 0 } }
    },
    call  => sub { my $reply = called(shift); +{ %$reply, delays => [] } },
    close => sub { +{ ok => undef } },
    bye   => sub { +{ ok => undef } },
);

while (my $line = <STDIN>) {
    my $command = $json->decode($line);
    my $answer = $answers{ $command->{cmd} } // sub { die "no such command here: $command->{cmd}\n" };
    my $reply = eval { $answer->($command) } // { fault => { message => "$@" } };
    print $json->encode({ id => $command->{id}, %$reply }), "\n";
    last if $command->{cmd} eq 'bye';
}

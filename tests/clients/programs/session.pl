# What a script in Perl asks of a daemon, as JSON. Usage: session.pl XMLRPC::Lite|RPC::XML URL
use strict;
use warnings;
use JSON::PP;

my ($library, $url) = @ARGV;
my $call;
if ($library eq 'XMLRPC::Lite') {
    require XMLRPC::Lite;
    my $client = XMLRPC::Lite->proxy($url, timeout => 20);
    $call = sub {
        my $answer = $client->call(@_);
        return $answer->fault ? { fault => $answer->faultcode, text => $answer->faultstring }
                              : $answer->result;
    };
} else {
    require RPC::XML;
    require RPC::XML::Client;
    my $client = RPC::XML::Client->new($url);
    $call = sub {
        my $answer = $client->send_request(@_);
        die "no answer: $answer" unless ref $answer;
        return $answer->is_fault ? { fault => $answer->code, text => $answer->string } : $answer->value;
    };
}

my $states = sub { [map { "$_->{group}:$_->{name} $_->{statename}" } @{ $call->('supervisor.getAllProcessInfo') }] };
my %seen = (state => $call->('supervisor.getState'), before => $states->());
$seen{stop}    = $call->('supervisor.stopProcess', 'cat');
$seen{again}   = $call->('supervisor.stopProcess', 'cat');
$seen{stopped} = $states->();
$seen{start}   = $call->('supervisor.startProcess', 'cat');
$seen{stdin}   = $call->('supervisor.sendProcessStdin', 'cat', "a < b & c\n");
$seen{unknown} = $call->('supervisor.startProcess', 'nobody');
$seen{method}  = $call->('supervisor.noSuchMethod');
$seen{methods} = grep { $_ eq 'supervisor.getState' } @{ $call->('system.listMethods') };
$seen{log}     = $call->('supervisor.readProcessStdoutLog', 'said', 0, 0);
$seen{tail}    = $call->('supervisor.tailProcessStdoutLog', 'said', 0, 6);
$seen{multi} = $call->('system.multicall', [
    { methodName => 'supervisor.getIdentification', params => [] },
    { methodName => 'supervisor.getProcessInfo', params => ['nobody'] },
    { methodName => 'supervisor.getState', params => [] }]);
print JSON::PP->new->canonical->encode(\%seen);

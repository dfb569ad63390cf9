# What a script in Ruby asks of a daemon, as JSON. Usage: session.rb URL
require 'json'
require 'uri'
require 'xmlrpc/client'

# new2 would take the URL whole, but leaves the percent signs in its password.
url = URI(ARGV[0])
client = XMLRPC::Client.new(url.host, url.path, url.port, nil, nil,
                            *[url.user, url.password].map { |s| URI.decode_www_form_component(s) }, nil, 20)
call = lambda do |*words|
  client.call(*words)
rescue XMLRPC::FaultException => e
  { fault: e.faultCode, text: e.faultString }
end
states = -> { call.('supervisor.getAllProcessInfo').map { |i| "#{i['group']}:#{i['name']} #{i['statename']}" } }

seen = { state: call.('supervisor.getState'), before: states.() }
seen[:stop] = call.('supervisor.stopProcess', 'cat')
seen[:again] = call.('supervisor.stopProcess', 'cat')
seen[:stopped] = states.()
seen[:start] = call.('supervisor.startProcess', 'cat')
seen[:stdin] = call.('supervisor.sendProcessStdin', 'cat', "a < b & c\n")
seen[:unknown] = call.('supervisor.startProcess', 'nobody')
seen[:method] = call.('supervisor.noSuchMethod')
seen[:methods] = call.('system.listMethods').count('supervisor.getState')
seen[:log] = call.('supervisor.readProcessStdoutLog', 'said', 0, 0)
seen[:tail] = call.('supervisor.tailProcessStdoutLog', 'said', 0, 6)
seen[:multi] = call.('system.multicall', [
  { 'methodName' => 'supervisor.getIdentification', 'params' => [] },
  { 'methodName' => 'supervisor.getProcessInfo', 'params' => ['nobody'] },
  { 'methodName' => 'supervisor.getState', 'params' => [] }
])
puts JSON.generate(seen)

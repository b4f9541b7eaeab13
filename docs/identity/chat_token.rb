# Tells the chat who a customer is: a token signed by your shop. Ruby 2.5 or newer, with its own library alone.
#
#     CHATADMIN_KEY=... ruby chat_token.rb
#
# prints one for the customer below. In your shop, call `chat_token` on the server for whoever is logged in, and hand the
# token to their page. The key stays on the server.

require "json"
require "openssl"

KEY_ID = "your-key-id" # which of the shop's keys CHATADMIN_KEY is

# `customer`: what your shop knows them by, as text: one that never changes, and is never another's.
def chat_token(customer, name, email, attributes)
  header = { alg: "HS256", typ: "JWT", kid: KEY_ID }
  claims = {
    sub: customer,
    exp: Time.now.to_i + 5 * 60,
    name: name,
    email: email, # one that your shop has confirmed
    attributes: attributes # at most 20 texts, numbers, or yes and no: what whoever answers should know
  }
  signed = [header, claims].map { |part| encoded(JSON.generate(part)) }.join(".")
  "#{signed}.#{encoded(OpenSSL::HMAC.digest("SHA256", ENV.fetch("CHATADMIN_KEY"), signed))}"
end

# In the letters that an address may have.
def encoded(part)
  [part].pack("m0").tr("+/", "-_").delete("=")
end

if $PROGRAM_NAME == __FILE__
  puts chat_token("1024", "Zoë Müller", "zoe@example.com", { plan: "gold", orders: 12, cart: 129.9 })
end

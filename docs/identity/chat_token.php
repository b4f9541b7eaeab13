<?php
/**
 * Tells the chat who a customer is: a token signed by your shop. PHP 7.3 or newer, with nothing added to it.
 *
 *     CHATADMIN_KEY=... php chat_token.php
 *
 * prints one for the customer below. In your shop, call `chat_token` on the server for whoever is logged in, and hand the
 * token to their page. The key stays on the server.
 */

const CHATADMIN_KEY_ID = 'your-key-id'; // which of the shop's keys CHATADMIN_KEY is

/** $customer: what your shop knows them by, as text: one that never changes, and is never another's. */
function chat_token( string $customer, string $name, string $email, array $attributes ): string {
	$key = getenv( 'CHATADMIN_KEY' );
	if ( ! $key ) {
		throw new RuntimeException( 'CHATADMIN_KEY is not set' );
	}
	$header = array( 'alg' => 'HS256', 'typ' => 'JWT', 'kid' => CHATADMIN_KEY_ID );
	$claims = array(
		'sub'        => $customer,
		'exp'        => time() + 5 * 60,
		'name'       => $name,
		'email'      => $email, // one that your shop has confirmed
		'attributes' => (object) $attributes, // at most 20 texts, numbers, or yes and no: what whoever answers should know
	);
	$signed = chat_encoded( json_encode( $header, JSON_THROW_ON_ERROR ) ) . '.' . chat_encoded( json_encode( $claims, JSON_THROW_ON_ERROR ) );
	return $signed . '.' . chat_encoded( hash_hmac( 'sha256', $signed, $key, true ) );
}

/** In the letters that an address may have. */
function chat_encoded( string $part ): string {
	return rtrim( strtr( base64_encode( $part ), '+/', '-_' ), '=' );
}

if ( realpath( $_SERVER['SCRIPT_FILENAME'] ) === __FILE__ ) {
	$attributes = array( 'plan' => 'gold', 'orders' => 12, 'cart' => 129.9 );
	echo chat_token( '1024', 'Zoë Müller', 'zoe@example.com', $attributes ), "\n";
}

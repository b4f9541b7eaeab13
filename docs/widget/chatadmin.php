<?php
/**
 * Plugin Name: Chat by chatadmin
 * Description: Puts the live chat of your own chatadmin server on every page. Its address is a field under Settings, General.
 * Version: 1.0
 * Requires at least: 5.7
 * Requires PHP: 7.0
 * License: MIT
 *
 * The whole plugin is this file. Put it into wp-content/plugins, switch it on under Plugins, and type the address of your
 * chat, such as https://chat.example.com, under Settings, General. In the console of the chat, add the address of this
 * WordPress to the sites that may show it.
 */

defined( 'ABSPATH' ) || exit;

/** The address as it is kept: scheme, name and port, nothing behind them; '' is no chat. */
function chatadmin_address( $typed ) {
	$typed = trim( (string) $typed );
	if ( '' === $typed ) {
		return '';
	}
	$parts = wp_parse_url( false === strpos( $typed, '://' ) ? "https://$typed" : $typed );
	$known = is_array( $parts ) && isset( $parts['scheme'], $parts['host'] )
		&& in_array( $parts['scheme'], array( 'http', 'https' ), true );
	if ( ! $known ) {
		add_settings_error( 'chatadmin_address', 'chatadmin', 'The address of the chat is one such as https://chat.example.com.' );
		return get_option( 'chatadmin_address', '' );
	}
	$port = isset( $parts['port'] ) ? ":{$parts['port']}" : '';
	return esc_url_raw( "{$parts['scheme']}://{$parts['host']}$port" );
}

function chatadmin_field() {
	printf(
		'<input type="url" id="chatadmin_address" name="chatadmin_address" value="%s" class="regular-text code" placeholder="https://chat.example.com">',
		esc_attr( get_option( 'chatadmin_address', '' ) )
	);
}

add_action(
	'admin_init',
	function () {
		$kept = array(
			'type'              => 'string',
			'default'           => '',
			'sanitize_callback' => 'chatadmin_address',
		);
		register_setting( 'general', 'chatadmin_address', $kept );
		$label = array( 'label_for' => 'chatadmin_address' );
		add_settings_field( 'chatadmin_address', 'Address of the chat', 'chatadmin_field', 'general', 'default', $label );
	}
);

add_action(
	'wp_head',
	function () {
		$address = get_option( 'chatadmin_address', '' );
		if ( $address ) {
			wp_print_script_tag(
				array(
					'async' => true,
					'src'   => "$address/widget.js",
				)
			);
		}
	}
);

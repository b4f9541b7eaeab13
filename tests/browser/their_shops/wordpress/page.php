<?php
/**
 * page.php WORDPRESS SHOP TYPED: WordPress itself, with the plugin switched on. Prints as JSON what an administrator
 * and a customer of the shop get once the administrator has typed an address into the plugin's field.
 */
list( , $wordpress, $shop, $typed ) = $argv;

define( 'ABSPATH', "$wordpress/" );
define( 'SHOP', $shop );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', true );
define( 'DISABLE_WP_CRON', true );
define( 'DB_HOST', '' );
define( 'DB_NAME', '' );
define( 'DB_USER', '' );
define( 'DB_PASSWORD', '' );
$table_prefix = 'wp_';
$_SERVER     += array(
	'HTTP_HOST'       => parse_url( $shop, PHP_URL_HOST ),
	'HTTPS'           => 'on',
	'REQUEST_URI'     => '/',
	'REQUEST_METHOD'  => 'GET',
	'SERVER_PROTOCOL' => 'HTTP/1.1',
);

require ABSPATH . 'wp-settings.php';
require ABSPATH . 'wp-admin/includes/template.php';

function printed( $print ) {
	ob_start();
	$print();
	return ob_get_clean();
}

foreach ( array( 'core', 'plugins', 'themes' ) as $what ) { // which would ask wordpress.org
	remove_action( 'admin_init', "_maybe_update_$what" );
}
do_action( 'admin_init' );
update_option( 'chatadmin_address', $typed ); // as Settings, General does with what was typed
$told = array(
	'kept'  => get_option( 'chatadmin_address' ),
	'field' => printed( fn() => do_settings_fields( 'general', 'default' ) ),
	'wrong' => array_column( get_settings_errors( 'chatadmin_address' ), 'message' ),
	'page'  => printed( fn() => require get_index_template() ),
);
echo json_encode( $told, JSON_THROW_ON_ERROR );

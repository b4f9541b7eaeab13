<?php
/**
 * WordPress's own place for another database (wp-content/db.php): its options, in memory. Every other table is empty.
 */
class Options_In_Memory extends wpdb {
	public $ready = true;
	private $kept;

	public function __construct( $kept ) {
		$this->kept = $kept;
	}

	public function _real_escape( $text ) {
		return addslashes( $text );
	}

	public function query( $query ) {
		$this->last_result = array();
		if ( preg_match( "/^(?:INSERT INTO|UPDATE) `wp_options`/", $query ) ) {
			return 1; // what is written is read again from WordPress's cache of options
		}
		if ( preg_match( "/FROM wp_options/", $query ) ) {
			$wanted = preg_match( "/option_name = '([^']*)'/", $query, $found ) ? array( $found[1] ) : array_keys( $this->kept );
			foreach ( array_intersect( $wanted, array_keys( $this->kept ) ) as $name ) {
				$this->last_result[] = (object) array(
					'option_name'  => $name,
					'option_value' => maybe_serialize( $this->kept[ $name ] ),
				);
			}
		}
		return count( $this->last_result );
	}

	public function db_version() {
		return '8.0';
	}

	public function get_col_charset( $table, $column ) {
		return 'utf8mb4';
	}
}

$GLOBALS['wpdb'] = new Options_In_Memory(
	array(
		'siteurl'        => SHOP,
		'home'           => SHOP,
		'blogname'       => 'Tea',
		'blog_charset'   => 'UTF-8',
		'template'       => 'plain',
		'stylesheet'     => 'plain',
		'active_plugins' => array( 'chatadmin.php' ),
	)
);

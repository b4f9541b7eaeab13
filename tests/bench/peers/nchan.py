"""nchan, the pub/sub module of nginx in C, with its store in Redis: configured, then nginx in this process's place.

It keeps a message in its channel, for as long as it is told, and has every server of a cluster tell it to all who
listen, its author too. It does not look at messages, deduplicate, limit rates, tell who is present or ask who is
speaking. It knows no Unix sockets. `nchan.py HOST PORT unix://SOCKET REDIS_PORT`.
"""

import os
import sys
from pathlib import Path

HOST, PORT, URL, REDIS_PORT = sys.argv[1:]
FOLDER = Path(URL.removeprefix("unix://")).parent  # goes with the store
CONFIGURATION = f"""
daemon off;
user root;
worker_processes 1;
pid {FOLDER}/nginx.pid;
error_log stderr error;
load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
events {{ worker_connections 16000; }}
worker_rlimit_nofile 20000;
http {{
  access_log off;
  client_body_temp_path {FOLDER}/body;
  proxy_temp_path {FOLDER}/proxy;
  fastcgi_temp_path {FOLDER}/fastcgi;
  uwsgi_temp_path {FOLDER}/uwsgi;
  scgi_temp_path {FOLDER}/scgi;
  nchan_shared_memory_size 512m;
  upstream store {{
    nchan_redis_server "redis://127.0.0.1:{REDIS_PORT}";
  }}
  server {{
    listen {HOST}:{PORT};
    location /ready {{  # 503 until it has its store
      nchan_publisher;
      nchan_channel_id ready;
      nchan_redis_pass store;
    }}
    location /ws {{
      nchan_pubsub websocket;
      nchan_channel_id $arg_pair;
      nchan_redis_pass store;
      nchan_message_buffer_length 1000000;
      nchan_message_timeout 24h;
      nchan_subscriber_first_message oldest;
    }}
  }}
}}
"""

if __name__ == "__main__":
    file = FOLDER / "nginx.conf"
    file.write_text(CONFIGURATION)
    os.execv("/usr/sbin/nginx", ["nginx", "-e", "stderr", "-c", str(file), "-p", str(FOLDER)])

/** What both pages say, in Simplified Chinese. */
export default {
  "thread.label": "会话",
  "thread.today": "今天",
  "thread.yesterday": "昨天",
  "thread.new": "新消息",
  "thread.latest": "最新消息",
  "thread.older": "正在加载更早的消息…",
  "thread.failed": "未发送。",
  "thread.retry": "重试",
  "thread.discard": "丢弃",
  "thread.typing": "{name} 正在输入",

  "tick.sending": "发送中",
  "tick.stored": "已送达",
  "tick.read": "已读",

  "event.entered": "{name} 来了",
  "event.left": "{name} 离开了",
  "event.claimed": "{name} 加入了对话",
  "event.released": "{name} 将会话放回了队列",
  "event.away": "{name} 的连接已断开，会话正在等待其他同事",
  "event.taken_over": "{to} 从 {name} 处接管了会话",
  "event.transferred": "{name} 将会话转交给了 {to}",
  "event.resolved": "{name} 结束了会话",

  "failed.not_yours": "此会话已不由你接待。请重新接待后再重试。",
  "failed.fenced": "此会话已不由你接待。请重新接待后再重试。",
  "failed.too_long": "未发送：内容太长。请复制后缩短，再重新发送。",
  "failed.other": "未发送：服务器没有接受这条内容。",

  "composer.send": "发送",
  "composer.over.other": "超出 {count} 个字符，请缩短内容。",
  "lost.banner": "连接已断开，正在重试；你写的内容会保留。",
};

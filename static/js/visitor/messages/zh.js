/** The visitor's page in Simplified Chinese. */
export default {
  "welcome.title": "在线咨询",
  "welcome.lead": "告诉我们怎么称呼你，然后直接提问。",
  "welcome.name": "你的称呼",
  "welcome.start": "开始聊天",
  "welcome.busy": "请稍候…",
  "welcome.short": "请至少输入 2 个字符。",
  "welcome.lost": "暂时无法连接。请检查网络后重试。",
  "welcome.cookies": "浏览器没有保存我们的 Cookie。请允许本站使用 Cookie 后重试。",
  "welcome.ended": "此处的对话已结束。输入称呼即可重新开始。",
  "welcome.left": "你已离开对话，欢迎随时回来。",
  "welcome.unreachable": "暂时无法连接，页面会自动重试。",

  "chat.write": "输入消息…",
  "chat.loading": "正在加载对话",
  "chat.empty": "{name}，你好！请写下你的问题，消息和回复都会保留到你下次来访。",
  "chat.leave": "离开",

  "leave.ask": "要离开对话吗？“{name}”这个称呼将被释放，你将无法再看到这段对话。",
  "leave.failed": "暂时无法连接服务器，你还没有离开。请稍后再试。",
  "leave.stay": "留下",
  "leave.go": "离开",

  "desk.with": "{name} 正在为你服务",
  "desk.here": "我们在线",
  "desk.minutes.other": "通常 {count} 分钟内回复",
  "desk.nobody": "现在没有人在线：请留言，我们上线后会第一时间看到",
};

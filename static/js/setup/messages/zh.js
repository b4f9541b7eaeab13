/** The set-up page in Simplified Chinese. */
export default {
  "setup.title": "欢迎使用 chatadmin",
  "setup.lead": "创建你自己的账号：你就是本店的管理员，可以立即接待顾客。",
  "setup.name": "你的名称（顾客会看到）",
  "setup.password": "密码",
  "setup.again": "再次输入密码",
  "setup.submit": "创建并进入控制台",
  "setup.busy": "请稍候…",
  "setup.no_secret": "请使用 chatadmin 启动时打印的链接打开此页面。",
  "setup.missing": "请输入 2 到 20 个字符的名称。",
  "setup.short": "密码至少需要 10 个字符。",
  "setup.differs": "两次输入的密码不一致，请重新输入第二个。",
  "setup.unreachable": "无法连接服务器。chatadmin 还在运行吗？",
  "strength.0": "至少 10 个字符。用一句话最好记，也最难猜。",
  "strength.1": "长度足够，再加几个词会安全得多。",
  "strength.2": "密码不错。",
  "strength.3": "密码很强。",
};

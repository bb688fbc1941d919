def document(r): return ""

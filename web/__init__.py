"""The doors: pages, websocket, plain HTTP and the command line. The only package that knows Starlette.

Begin with :mod:`web.app`, where everything is put together and every route is listed.
"""
